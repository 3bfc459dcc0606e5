/** ETags by number of an answer to ListParts, without quotes. Empty for other answers. */
export function listedParts(answer: string): Map<number, string> {
  const listed = new Map<number, string>()
  for (const [part] of answer.matchAll(/<Part>.*?<\/Part>/gs)) {
    const number = /<PartNumber>(\d+)</.exec(part)?.[1]
    const etag = /<ETag>(?:"|&quot;|&#34;)?([^"&<]+)/.exec(part)?.[1]
    if (number !== undefined && etag !== undefined) listed.set(Number(number), etag)
  }
  return listed
}
