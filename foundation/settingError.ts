/** A setting that is wrong: its message is one sentence. Apart from Pulumi, whose packages take long to load. */
export class SettingError extends Error {}
