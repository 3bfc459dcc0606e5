// PostObject (2.3): an upload from an HTML form. Its fields replace the headers of a PutObject.

import { authorizeAnonymous, authorizeKey } from '../auth/authorize.ts'
import type { KeyPair } from '../auth/keys.ts'
import { readPermit } from '../auth/post-policy.ts'
import { emptyAnswer, xmlAnswer } from '../http/answer.ts'
import { percentEncode } from '../http/encoding.ts'
import { OssFault } from '../http/errors.ts'
import { readForm } from '../http/form.ts'
import type { ServerResponse } from '../http/http.ts'
import { bucketOf, type Context, type Operation } from '../request/context.ts'
import { checkKey, checkNewKey } from '../rules/names.ts'
import { putObject } from './put-object.ts'

const fileNameVariable = /\$\{filename\}/g

export const postObject: Operation = async context => {
  const { request, rules, bucket, clock, keys } = context
  bucketOf(context)
  const form = await readForm(request.headers['content-type'], request.body)
  const { fields } = form
  const key = (fields.get('key') ?? '').replaceAll(fileNameVariable, () => form.fileName)
  const permit = readPermit({ fields, bucket, region: rules.region, keys, now: clock.now() })
  checkKey(key)
  checkNewKey(key, rules.unconfirmed)
  const { caller: _, ...anonymous } = context
  const put: Context = {
    ...anonymous,
    ...(permit.caller && { caller: permit.caller }),
    key,
    authorize: authorizer(context, permit.caller, key),
    request: {
      method: 'PUT',
      target: request.target,
      headers: headersOf(fields, form.fileType),
      body: within(form.file, permit),
    },
  }
  await put.authorize('oss:PutObject')
  return answer(context, fields, key, await putObject(put))
}

function authorizer(
  { store, bucket, rules }: Context,
  caller: KeyPair | undefined,
  key: string,
): Context['authorize'] {
  return async action => {
    if (caller) authorizeKey(caller, action)
    else {
      const [record, object] = [await store.bucket(bucket), await store.object(bucket, key)]
      authorizeAnonymous(action, record, object, rules.unconfirmed)
    }
  }
}

const passed = /^(cache-control|content-(disposition|encoding|language|type)|expires|x-oss-.*)$/

function headersOf(
  fields: ReadonlyMap<string, string>,
  fileType: string | undefined,
): Record<string, string> {
  // The Content-Length is that of the form, not of the file, so the file is passed on as chunked.
  const headers: Record<string, string> = Object.create(null)
  headers['transfer-encoding'] = 'chunked'
  if (fileType !== undefined) headers['content-type'] = fileType
  for (const [name, value] of fields) if (passed.test(name)) headers[name] = value
  const type = fields.get('x-oss-content-type')
  if (type !== undefined) headers['content-type'] = type
  const callback = fields.get('callback')
  if (callback !== undefined) headers['x-oss-callback'] = callback
  const variables = [...fields].filter(([name]) => name.startsWith('x:'))
  if (variables.length > 0) {
    const json = JSON.stringify(Object.fromEntries(variables))
    headers['x-oss-callback-var'] = Buffer.from(json).toString('base64')
  }
  return headers
}

async function* within(
  file: AsyncIterable<Uint8Array>,
  { sizeMin, sizeMax }: { readonly sizeMin: number; readonly sizeMax: number },
): AsyncGenerator<Uint8Array, void> {
  let size = 0
  for await (const chunk of file) {
    size += chunk.length
    if (size > sizeMax) throw new OssFault('EntityTooLarge')
    yield chunk
  }
  if (size < sizeMin) throw new OssFault('EntityTooSmall', { ec: '' })
}

/** Returns a redirect, or else the status that the form asks for: 200, 201 with a document, or 204. */
function answer(
  { bucket, rules }: Context,
  fields: ReadonlyMap<string, string>,
  key: string,
  stored: ServerResponse,
): ServerResponse {
  // If there was a callback, the client gets the callback's answer.
  if (stored.body !== undefined || stored.status !== 200) return stored
  const { 'content-length': _, ...headers } = stored.headers
  const location = `http://${bucket}.oss-${rules.region}.aliyuncs.com/${percentEncode(key, '/')}`
  const redirect = fields.get('success_action_redirect')
  if (redirect !== undefined && URL.canParse(redirect)) {
    const target = new URL(redirect)
    const facts = { bucket, key, etag: headers.etag ?? '' }
    for (const [name, value] of Object.entries(facts)) target.searchParams.set(name, value)
    return emptyAnswer(303, { ...headers, location: target.href })
  }
  switch (fields.get('success_action_status')) {
    case '200':
      return emptyAnswer(200, headers)
    case '201':
      return xmlAnswer(
        [
          'PostResponse',
          [
            ['Bucket', bucket],
            ['ETag', headers.etag ?? ''],
            ['Key', key],
            ['Location', location],
          ],
        ],
        { ...headers, location },
        201,
      )
    default:
      return emptyAnswer(204, headers)
  }
}
