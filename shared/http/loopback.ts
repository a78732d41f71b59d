import { isIPv4 } from 'node:net';

/** Whether a server that is told to listen on this host is reached from this machine only. */
export function isLoopback(host: string): boolean {
  // A DNS name may begin with "127." too.
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

/**
 * Whether a request is addressed to this machine by one of its own names. A page elsewhere may give its own name our address
 * (DNS rebinding), and is then of the same origin for the browser: what has no login and listens on the loopback interface
 * answers to these names only.
 * @param host header
 */
export function isAddressedToLoopback(host = ''): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return isLoopback(name === '[::1]' ? '::1' : name);
}
