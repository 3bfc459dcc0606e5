import { Bucket } from '../../../../src/bucket/bucket.ts'
import type { World } from '../../../../src/cli/doctor/world.ts'
import type { Clock } from '../../../../src/ports.ts'
import { bucketAt, target, well } from './world.ts'

type Reply = readonly [status: number, xml: string] | Error

export const key = `${target.key}.ossup-doctor-a1b2`

export const error = (code: string) => `<Error><Code>${code}</Code></Error>`
export const begun =
  '<InitiateMultipartUploadResult><UploadId>U1</UploadId></InitiateMultipartUploadResult>'
export const uploads = `<ListMultipartUploadsResult><IsTruncated>false</IsTruncated><Upload><Key>${key}</Key><UploadId>U1</UploadId><Initiated>2026-11-23T12:00:00.000Z</Initiated></Upload></ListMultipartUploadsResult>`

export interface Asked {
  /** Method and names of the query: `PUT partNumber,uploadId`; `POST uploads`. */
  readonly what: string
  /** How often it was asked, this time included. */
  readonly times: number
  readonly size: number
  readonly signal: AbortSignal | undefined
  readonly query: URLSearchParams
}

/** A world whose bucket gives scripted answers and records its requests. */
export function scripted(
  reply: (what: string, asked: Asked) => Reply | Promise<Reply>,
  clock?: Clock,
): { readonly asked: string[]; readonly world: World } {
  const asked: string[] = []
  const { name, region, ports } = bucketAt()
  const send: Bucket['ports']['transport']['send'] = async (request, { signal }) => {
    const query = new URL(request.origin + request.target).searchParams
    const names = [...query.keys()]
    const what = `${request.method} ${names.includes('uploads') ? 'uploads' : names.join()}`
    asked.push(what)
    const times = asked.filter(one => one === what).length
    const size = request.body instanceof Uint8Array ? request.body.length : 0
    const given = await reply(what, { what, times, size, signal, query })
    if (given instanceof Error) throw given
    const [status, xml] = given
    const body = (async function* () {
      yield new TextEncoder().encode(xml)
    })()
    return { status, headers: { etag: '"E"', 'x-oss-request-id': 'R' }, body }
  }
  const bucket = new Bucket(
    { name, region, credentials: { accessKeyId: 'id', accessKeySecret: 'secret' } },
    { ...ports, ...(clock && { clock }), transport: { send, close() {} } },
  )
  return { asked, world: well({ bucket: async () => bucket, ...(clock && { stopwatch: clock }) }) }
}
