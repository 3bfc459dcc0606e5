// Connects sockets to a handler. Reads requests unchanged, answers `Expect: 100-continue` only when the handler needs
// the body, and handles clients that stall, disconnect, or do not speak HTTP.

import {
  createServer,
  type IncomingMessage,
  type ServerResponse as NodeResponse,
  type RequestListener,
  type Server,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { isBytes } from '../../foreign/bytes.ts'
import { isDoublyFramed, objectionTo, writtenName } from './framing.ts'
import { BrokenBody, type Handler, type ServerRequest, type ServerResponse } from './http.ts'
import { RequestBody } from './request-body.ts'

export interface ListenOptions {
  readonly host: string
  readonly port: number
  /** Key and certificate, PEM. With them, the server speaks HTTPS instead of HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Maximum time without a byte of a body, in either direction, milliseconds. */
  readonly idleTimeoutMs: number
  /** Maximum time from a connection to the end of a request's head, milliseconds. @default 60_000 */
  readonly headTimeoutMs?: number
  /** With `Expect: 100-continue`: whether to send errors before the body is requested, or after it arrived. */
  readonly earlyErrors: 'before-body' | 'after-body'
  /** Called with the errors of answers that the server could not finish. */
  readonly onError?: (error: unknown) => void
}

/** The client disconnected, or read nothing for too long. This is not a failure of the server. */
class ClientGone extends Error {}

export interface Listener {
  readonly port: number
  /** Stops listening, waits this long for requests in progress, then destroys their connections. */
  close(graceMs: number): Promise<void>
}

/** Maximum size of a request's head, bytes. Two callbacks of 5 KB, 8 KB of metadata and a long token fit. */
const headSizeMax = 64 * 1024
/** Number of bytes that are read and dropped after an early answer, so that the client receives the answer. */
const drainSizeMax = 64 * 1024 * 1024
const drainMs = 5000

/**
 * Starts to listen.
 * @throws {Error} if the port is taken
 */
export async function listen(handler: Handler, options: ListenOptions): Promise<Listener> {
  const headTimeoutMs = options.headTimeoutMs ?? 60_000
  const settings = {
    maxHeaderSize: headSizeMax,
    // Bodies have their own time limit, which is extended as bytes arrive.
    requestTimeout: 0,
    headersTimeout: headTimeoutMs,
    connectionsCheckingInterval: Math.min(headTimeoutMs, 10_000),
    keepAliveTimeout: 75_000,
    insecureHTTPParser: true,
  }
  const server: Server = options.tls
    ? createTlsServer({ ...settings, ...options.tls })
    : createServer(settings)
  const serve =
    (expectsContinue: boolean): RequestListener =>
    (request, response) =>
      void answer(handler, request, response, expectsContinue, options)
  server.on('request', serve(false))
  server.on('checkContinue', serve(true))
  server.on('clientError', refuseGarbage)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: options.port, host: options.host, backlog: 4096 }, resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    port,
    close: graceMs =>
      new Promise(resolve => {
        const deadline = setTimeout(() => server.closeAllConnections(), graceMs)
        server.close(() => {
          clearTimeout(deadline)
          resolve()
        })
        server.closeIdleConnections()
      }),
  }
}

async function answer(
  handler: Handler,
  incoming: IncomingMessage,
  outgoing: NodeResponse,
  expectsContinue: boolean,
  { idleTimeoutMs, earlyErrors, onError }: ListenOptions,
): Promise<void> {
  const body = new RequestBody(incoming, {
    idleTimeoutMs,
    ...(expectsContinue && { onFirstRead: () => outgoing.writeContinue() }),
  })
  try {
    const objection = objectionTo(incoming)
    if (objection !== undefined) return refuse(incoming.socket, 'BadRequest', objection)
    if (isDoublyFramed(incoming) || hasUnwantedBody(incoming)) outgoing.shouldKeepAlive = false
    const response = await handler(readRequest(incoming, body))
    if (response.fate === 'lost') {
      incoming.socket.destroy()
      return stopReading(response)
    }
    const isRefused = response.status >= 400 && expectsContinue && !body.wasRead
    if (isRefused && earlyErrors === 'after-body') for await (const _ of body) void _
    // A client that got no `100 Continue` may or may not send its body, so the next bytes on the connection are
    // ambiguous.
    if (expectsContinue && !body.wasRead) outgoing.shouldKeepAlive = false
    await send(response, incoming.method === 'HEAD', outgoing, idleTimeoutMs)
    drain(body, incoming.socket)
  } catch (error) {
    if (!(error instanceof ClientGone) && !(error instanceof BrokenBody)) onError?.(error)
    // The answer failed in the middle. Bytes that were written are still sent, but the client must see that the
    // answer is incomplete.
    incoming.socket.destroySoon()
  }
}

/**
 * Returns true for a GET or HEAD with a Content-Length: some clients announce a body with GET but do not send it, or
 * send it late.
 */
function hasUnwantedBody({ method, headers }: IncomingMessage): boolean {
  const isRead = method === 'GET' || method === 'HEAD'
  return isRead && Number(headers['content-length'] ?? 0) > 0
}

function readRequest(incoming: IncomingMessage, body: RequestBody): ServerRequest {
  const headers: Record<string, string> = Object.create(null)
  const { rawHeaders } = incoming
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase()
    const value = readText(rawHeaders[at + 1]!)
    headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`
  }
  const length = headers['content-length']
  const isChunked = headers['transfer-encoding'] !== undefined
  return {
    method: incoming.method ?? '',
    target: incoming.url ?? '/',
    headers,
    body,
    ...(length !== undefined && !isChunked && { bodySize: Number(length) }),
  }
}

async function send(
  response: ServerResponse,
  isHead: boolean,
  outgoing: NodeResponse,
  idleTimeoutMs: number,
): Promise<void> {
  const headers = Object.entries(response.headers).map(
    ([name, value]) => [writtenName(name), writeText(value)] as const,
  )
  outgoing.writeHead(response.status, Object.fromEntries(headers))
  const { body } = response
  if (body === undefined || isHead) {
    await stopReading(response)
    outgoing.end()
    return
  }
  if (isBytes(body)) {
    outgoing.end(body)
    return
  }
  for await (const chunk of body) {
    if (outgoing.destroyed) return
    if (!outgoing.write(chunk)) await drained(outgoing, idleTimeoutMs)
  }
  outgoing.end()
}

/** Tells a body's source that nothing reads the body. */
async function stopReading({ body }: ServerResponse): Promise<void> {
  if (body === undefined || isBytes(body)) return
  await body[Symbol.asyncIterator]().return?.()
}

/**
 * Resolves when the client has read what was written. Rejects if the client disconnects or reads nothing for too
 * long.
 */
function drained(outgoing: NodeResponse, idleTimeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (how: () => void) => () => {
      clearTimeout(timer)
      outgoing.off('drain', onDrain)
      outgoing.off('close', onClose)
      how()
    }
    const onDrain = settle(resolve)
    const onClose = settle(() => reject(new ClientGone('the client has left')))
    const onStall = settle(() => {
      outgoing.destroy()
      reject(new ClientGone('the client has stalled'))
    })
    const timer = setTimeout(onStall, idleTimeoutMs)
    outgoing.once('drain', onDrain)
    outgoing.once('close', onClose)
  })
}

/**
 * Reads and drops the rest of an unread body. If the server closed the connection at once, the client might not
 * receive the answer.
 */
function drain(body: RequestBody, socket: Socket): void {
  if (body.isComplete) return
  const deadline = setTimeout(() => socket.destroy(), drainMs)
  body.discardRest(drainSizeMax, () => clearTimeout(deadline))
}

function refuseGarbage(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    refuse(socket, 'RequestTimeout', 'The head of the request took too long.')
  } else refuse(socket, 'BadRequest', 'This is not HTTP.')
}

function refuse(socket: Socket, code: string, message: string): void {
  const xml =
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<Error><Code>${code}</Code><Message>${message}</Message></Error>`
  // A client that does not read the answer would keep the connection open on its side.
  const deadline = setTimeout(() => socket.destroy(), drainMs)
  socket.once('close', () => clearTimeout(deadline))
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nServer: AliyunOSS\r\nContent-Type: application/xml\r\n` +
      `Content-Length: ${xml.length}\r\nConnection: close\r\n\r\n${xml}`,
  )
}

// HTTP heads are bytes, and Node decodes them as Latin-1. OSS and its clients use UTF-8.

function readText(value: string): string {
  return /[\x80-\xff]/.test(value) ? Buffer.from(value, 'latin1').toString() : value
}

function writeText(value: string): string {
  return /[^\x00-\x7f]/.test(value) ? Buffer.from(value).toString('latin1') : value
}
