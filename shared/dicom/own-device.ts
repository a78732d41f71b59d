/**
 * SecondaryCaptureDeviceManufacturer of key images that we write. A task for secondary captures must not be asked to segment
 * them: each would give another. It lies here because who writes it (results) and who looks for it (the catalogue) need not
 * load each other: the catalogue's schemas take 9 MiB.
 */
export const OWN_CAPTURE_DEVICE = 'Maskwright';
