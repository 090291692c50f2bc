import { imageStack } from "./stacks/image.ts";
import { previewStack } from "./stacks/preview.ts";
import { readSettings, requireOwnCode } from "./stacks/settings.ts";
import { omitSdkOverhead } from "./tuning/sdkOverhead.ts";

omitSdkOverhead();
const settings = readSettings();
requireOwnCode(settings);
const outputs = settings.kind === "image" ? imageStack(settings) : previewStack(settings);

export default outputs;
