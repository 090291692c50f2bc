import { imageStack } from "./stacks/image.ts";
import { previewStack } from "./stacks/preview.ts";
import { readSettings } from "./stacks/settings.ts";
import { leaveStackTracesAsTheyAre } from "./stacks/stackTraces.ts";

leaveStackTracesAsTheyAre();
const settings = readSettings();
const outputs = settings.kind === "image" ? imageStack(settings) : previewStack(settings);

export default outputs;
