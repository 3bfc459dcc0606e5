// Names of this server itself. A page of a stranger's site can reach a server on loopback by a name of its own that
// resolves to 127.0.0.1 (DNS rebinding). It then names that site in Host, which an address or `localhost` never is.

const address = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\])$/

/** The host of a Host header, in lower case, without its port. */
export function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '')
}

/** Whether a Host is an address, localhost, or one of the names that the server was given. */
export function isOwnHost(host: string, names: readonly string[]): boolean {
  const name = hostName(host)
  if (address.test(name)) return true
  return ['localhost', ...names].some(
    own => name === own.toLowerCase() || name.endsWith(`.${own.toLowerCase()}`),
  )
}

export function isAddress(name: string): boolean {
  return address.test(name)
}
