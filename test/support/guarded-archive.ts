import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import path from 'node:path';
import { TLSSocket } from 'node:tls';

/** Who may pass a guard. */
export type Admission =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'oauth2'; readonly clientId: string; readonly clientSecret: string };

/** HTTPS before a DICOMweb root that asks each caller for a certificate and for an account. */
export interface GuardedArchive {
  /** DICOMweb root. */
  readonly url: string;
  /** Where tokens are fetched, by the same rules for certificates. */
  readonly tokenUrl: string;
  /** Tokens that were given out. */
  tokens(): number;
  /** Answers of 401, and of 400 for a certificate. */
  refusals(): { readonly accounts: number; readonly certificates: number };
  /** Every token given out so far is void. */
  revoke(): void;
  /** From now on certificates of this authority alone are accepted. */
  trust(authority: string): void;
  close(): Promise<void>;
}

/**
 * Makes `NAME.crt` and `NAME.key`, signed by `AUTHORITY.crt`, which is made too where it is not there. All in `folder`; the
 * names are fixed words of a test.
 */
export function makeCertificate(folder: string, authority: string, name: string): void {
  const script = `set -e
    [ -f ${authority}.crt ] || openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=${authority} -keyout ${authority}.key -out ${authority}.crt
    openssl req -newkey rsa:2048 -nodes -subj /CN=${name} -keyout ${name}.key -out ${name}.csr
    openssl x509 -req -in ${name}.csr -CA ${authority}.crt -CAkey ${authority}.key -CAcreateserial -days 2 -out ${name}.crt \
      -extfile <(printf 'subjectAltName=IP:127.0.0.1')`;
  execFileSync('bash', ['-c', script], { cwd: folder, stdio: 'ignore' });
}

/** @param folder has server.crt, server.key and the authorities */
export async function guardArchive(upstream: string, folder: string, admission: Admission): Promise<GuardedArchive> {
  const pem = (name: string) => readFileSync(path.join(folder, name), 'utf8');
  const valid = new Set<string>();
  const refusals = { accounts: 0, certificates: 0 };
  let given = 0;
  const tlsWith = (authority: string) => ({
    key: pem('server.key'),
    cert: pem('server.crt'),
    ca: pem(`${authority}.crt`),
  });
  // As nginx does: the handshake passes, and the request is answered by 400.
  const server = createServer(
    { ...tlsWith('ca'), requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      if (!(request.socket instanceof TLSSocket && request.socket.authorized)) {
        refusals.certificates += 1;
        response.writeHead(400, { 'content-type': 'text/html' }).end('<h1>400 The SSL certificate error</h1>');
      } else if (request.url === '/token') giveToken(request, response);
      else if (isAdmitted(request)) forward(upstream, request, response);
      else {
        refusals.accounts += 1;
        response.writeHead(401).end();
      }
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const origin = `https://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  return {
    url: `${origin}/dicom-web`,
    tokenUrl: `${origin}/token`,
    tokens: () => given,
    refusals: () => ({ ...refusals }),
    revoke: () => valid.clear(),
    trust(authority) {
      server.setSecureContext(tlsWith(authority));
      server.closeAllConnections();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  function giveToken(request: IncomingMessage, response: ServerResponse): void {
    const expected = admission.kind === 'oauth2' ? basic(admission.clientId, admission.clientSecret) : undefined;
    if (request.method !== 'POST' || request.headers.authorization !== expected) {
      response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":"invalid_client"}');
      return;
    }
    const token = randomUUID();
    valid.add(token);
    given += 1;
    const answer = { access_token: token, token_type: 'Bearer', expires_in: 3600 };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  function isAdmitted({ headers: { authorization = '' } }: IncomingMessage): boolean {
    if (admission.kind === 'basic') return authorization === basic(admission.username, admission.password);
    return valid.has(authorization.replace(/^Bearer /, ''));
  }
}

function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

function forward(upstream: string, request: IncomingMessage, response: ServerResponse): void {
  const { authorization: _, host: __, ...headers } = request.headers;
  const target = new URL(request.url ?? '/', upstream);
  const onward = httpRequest(target, { method: request.method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.writeHead(502).end());
  request.pipe(onward);
}
