/** Stories that found a fault once, by their seeds. They are played by every `npm test`. */
export const foundSeeds: readonly { readonly seed: number; readonly fault: string }[] = [
  { seed: 202_179, fault: "the object was found, and another program's upload was left behind" },
  { seed: 214_141, fault: 'an answer 403 without a request id was taken for a refusal of OSS' },
  { seed: 219_118, fault: "another's equal object was taken for that of an adopted upload" },
]
