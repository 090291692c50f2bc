/** What stands before the settings' names in Pulumi's configuration, whatever the program's project is called. */
export const settingNamespace = "dynenv";
