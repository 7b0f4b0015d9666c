import { fingerprint } from './fingerprint.ts';

/** What a handshake shows of the client that makes it. */
export interface HandshakeTraits {
  /**
   * The `X-Forwarded-For` header. Each hop appends whom it has heard it from, to what the client itself may have sent: CloudFront the
   * viewer, API Gateway CloudFront. Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
   */
  readonly forwardedFor?: string;
  /** The address that API Gateway sees. */
  readonly sourceIp?: string;
  readonly userAgent?: string;
  readonly acceptLanguage?: string;
  readonly origin?: string;
}

/** 132 bits of the hash: as short as tells handshakes apart, since every connection keeps its own. */
const LENGTH = 22;

/**
 * What a handshake looks like, hashed, in 22 characters of base64url: the same client's next one looks the same, and little else
 * does. A guess, which a client that wants to can spoil: who it is it says only when it signs in.
 */
export function handshakeFingerprint(traits: HandshakeTraits): string {
  const { forwardedFor, sourceIp = '', userAgent = '', acceptLanguage = '', origin = '' } = traits;
  const hops = forwardedFor?.split(',').map((hop) => hop.trim()) ?? [];
  // What stands before is what the client says: by it anybody could be made to look like somebody else, and be kept out for him.
  const viewer = hops.slice(-2)[0] || sourceIp;
  return fingerprint(viewer, userAgent, acceptLanguage, origin).slice(0, LENGTH);
}
