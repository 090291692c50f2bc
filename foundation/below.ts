import { basename, join } from "node:path";
import { shown } from "../components/model/index.ts";
import { Failure } from "./failure.ts";

/** The path of a file or folder that lies right below another one. @throws when the name would lead anywhere else. */
export function below(folder: string, name: string): string {
  const isOneName = name === basename(name) && !["", ".", ".."].includes(name) && !/[\\\0]/.test(name);
  if (isOneName) return join(folder, name);
  throw new Failure("usage", `${shown(name)} must be the name of a file or folder, such as feature-login`);
}
