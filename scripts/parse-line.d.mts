export function parseLine(line: string): Readonly<Record<string, unknown>>
