import { imageStack } from "./stacks/image.ts";
import { previewStack } from "./stacks/preview.ts";
import { readSettings } from "./stacks/settings.ts";

// Pulumi maps the positions in each resource's stack trace back to a source by source maps. Node strips types without
// moving anything, so that this only costs: half a second and 70 MB of 290 (two cores, the whole preview environment).
Reflect.deleteProperty(Error, "prepareStackTrace");

const settings = readSettings();
const outputs = settings.kind === "image" ? imageStack(settings) : previewStack(settings);

export default outputs;
