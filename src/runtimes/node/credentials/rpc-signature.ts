// The signature of Alibaba Cloud's RPC interfaces, to which STS belongs: HMAC-SHA1 over the sorted
// parameters of query and body. Source: "Signature mechanism" (help.aliyun.com/document_detail/130769),
// and @alicloud/credentials 2.4.7, whose signatures the test compares.

import { createHmac } from 'node:crypto'

type Parameters = Readonly<Record<string, string>>

/** RFC 3986: only letters, digits, `-`, `_`, `.` and `~` are not encoded. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    letter => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** Encodes parameters as `a=1&b=2`, in the order of their names. */
export function formOf(parameters: Parameters): string {
  return Object.keys(parameters)
    .sort()
    .map(name => `${percentEncode(name)}=${percentEncode(parameters[name] ?? '')}`)
    .join('&')
}

/** The value of the parameter `Signature`. */
export function signRpc(method: string, parameters: Parameters, accessKeySecret: string): string {
  const text = `${method}&%2F&${percentEncode(formOf(parameters))}`
  return createHmac('sha1', `${accessKeySecret}&`).update(text).digest('base64')
}
