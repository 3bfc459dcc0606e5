// A bench against a local OSS of its own.

import { Bench } from '../../../../src/cli/prove/bench.ts'
import { examineFacts } from '../../../../src/cli/prove/examine.ts'
import { facts } from '../../../../src/cli/prove/facts/index.ts'
import {
  Bucket,
  type Credentials,
  credentialsSigner,
  nodeTransport,
  type Transport,
} from '../../../../src/runtimes/node/index.ts'
import { type ServeOptions, serve } from '../../../../src/server/index.ts'

export type Versioning = 'none' | 'Enabled' | 'Suspended'

/** Calls `use`, and closes everything. */
export async function withBench<T>(
  options: ServeOptions & { readonly versioning?: Versioning },
  use: (
    bench: Bench,
    oss: Awaited<ReturnType<typeof serve>>,
    /** Another bench for the same folder. */
    again: () => Bench,
  ) => Promise<T>,
): Promise<T> {
  const { versioning = 'none', ...served } = options
  const oss = await serve({ buckets: ['examplebucket'], ...served })
  const { endpoint, region, key: credentials } = oss
  const transport = nodeTransport()
  const bucket = new Bucket({ name: 'examplebucket', endpoint, region, credentials })
  try {
    if (versioning !== 'none') {
      const state = `<Status>${versioning}</Status>`
      await configure(
        bucket,
        'versioning',
        `<VersioningConfiguration>${state}</VersioningConfiguration>`,
      )
    }
    const again = () => benchOf(bucket, credentials, transport)
    return await use(again(), oss, again)
  } finally {
    transport.close()
    await oss.close()
  }
}

export function benchOf(bucket: Bucket, credentials: Credentials, transport: Transport): Bench {
  const { signal } = new AbortController()
  const signer = credentialsSigner({ credentials, region: bucket.region })
  return new Bench({ bucket, signer, transport, folder: 'below/folder/', signal })
}

/** Sends a document to a subresource of the bucket. */
export async function configure(bucket: Bucket, subresource: string, body: string): Promise<void> {
  const query = { [subresource]: '' }
  const request = { operation: `Put ${subresource}`, method: 'PUT', query }
  await bucket.client.call({ ...request, body: new TextEncoder().encode(body) })
}

/** What the report says about each fact: `holds: 404 NoSuchKey`. */
export async function reportOf(bench: Bench, which = facts): Promise<ReadonlyMap<string, string>> {
  const findings = new Map<string, string>()
  const { signal } = new AbortController()
  for await (const { id, state, observed, reason } of examineFacts(which, bench, signal)) {
    findings.set(id, `${state}: ${observed ?? reason}`)
  }
  return findings
}

/** All objects, versions, delete markers and uploads of the bucket. */
export async function contentOf(bucket: Bucket): Promise<string[]> {
  const found: string[] = []
  for (const subresource of ['versions', 'uploads']) {
    const query = { [subresource]: '', 'max-keys': '1000' }
    const { body } = await bucket.client.call({ operation: 'List', method: 'GET', query })
    const text = new TextDecoder().decode(body)
    const entries = text.matchAll(
      /<(?:Version|DeleteMarker|Upload)>.*?<\/(?:Version|DeleteMarker|Upload)>/gs,
    )
    found.push(...[...entries].map(([entry]) => entry))
  }
  return found
}
