/** The given parameters as text, without empty ones. */
export function givenOnly(
  parameters: Readonly<Record<string, string | number | undefined>>,
): Record<string, string> {
  const query: Record<string, string> = {}
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== '') query[name] = String(value)
  }
  return query
}
