/** Who runs previews where nobody says otherwise: the account of ci/rbac.yaml. */
export const usualPreviewIdentity = "system:serviceaccount:dynenv-ci:ci";

/** In these words the setting `sharedWithPreviews` says that what holds a standing environment's secrets is open to previews. */
export const sharedWords = "previews may read its secrets";
