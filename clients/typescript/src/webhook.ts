/** Deliveries of webhooks and alerts, verified: Standard Webhooks, by the platform's own cryptography. */

const PREFIX = "whsec_";
const TOLERANCE = 300; // seconds

/** What was received is not by the holder of the secret, or not of now: do nothing with it, answer with 401. */
export class NotGenuine extends Error {}

/**
 * The delivery's id, once one of `secrets` is seen to have signed these octets within five minutes of `now` (seconds since 1970).
 * It stays the same when a delivery is repeated: keep it, and take what comes again under it as done. Throws NotGenuine.
 */
export async function verify(
  secrets: readonly string[],
  headers: Headers | Record<string, string>,
  body: Uint8Array<ArrayBuffer>,
  now: number = Date.now() / 1000,
): Promise<string> {
  const found = headers instanceof Headers ? headers : new Headers(headers);
  const id = found.get("webhook-id");
  const stamp = found.get("webhook-timestamp");
  const given = (found.get("webhook-signature") ?? "").split(" ").filter((one) => one.startsWith("v1,"));
  if (id === null || stamp === null || given.length === 0) throw new NotGenuine("a header is missing");
  if (!/^[0-9]{1,14}$/.test(stamp) || Math.abs(now - Number(stamp)) > TOLERANCE) {
    throw new NotGenuine("its time is not within five minutes of now");
  }
  const head = new TextEncoder().encode(`${id}.${stamp}.`);
  const signed = new Uint8Array(head.length + body.length);
  signed.set(head);
  signed.set(body, head.length);
  for (const secret of secrets) {
    const key = await crypto.subtle.importKey(
      "raw", octets(secret.replace(PREFIX, "")), { name: "HMAC", hash: "SHA-256" }, false, ["verify"],
    );
    for (const one of given) {
      if (await crypto.subtle.verify("HMAC", key, octets(one.slice(3)), signed)) return id;
    }
  }
  throw new NotGenuine("no signature is by this secret");
}

function octets(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
  } catch {
    return new Uint8Array(0); // is no signature of anything
  }
}
