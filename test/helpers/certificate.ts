import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** A key and a certificate for 127.0.0.1 that nobody has signed but itself. */
export function makeCertificate(dir: string): boolean {
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-days', '2', '-subj', '/CN=rampart test', '-addext', 'subjectAltName=IP:127.0.0.1'],
    ...['-addext', 'basicConstraints=critical,CA:TRUE'],
    ...['-keyout', join(dir, 'key.pem'), '-out', join(dir, 'cert.pem')],
  ])
  return made.status === 0
}
