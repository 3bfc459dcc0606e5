export function bundleCommand(root: string, folder: string): Promise<void>
