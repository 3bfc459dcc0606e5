/** The JSON of one line; an empty object if it has none. A kill also cuts lines. */
export function parseLine(line) {
  try {
    return JSON.parse(line)
  } catch {
    return {}
  }
}
