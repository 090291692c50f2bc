import { Config } from "@pulumi/pulumi";
import { shop } from "./example/shop.ts";
import { preview } from "./stacks/index.ts";

// Tests deploy others in its place, such as one that never gets ready.
export default preview(shop(new Config("example").get("context")));
