export function bundleCommand(root: string, folder: string): void
