/** A line whose wholeness can be seen, of a length that changes. */
export function record(index: number): string {
  return `${index}:${'x'.repeat((index * 37) % 900)}:${index}\n`
}
