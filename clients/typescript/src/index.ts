/** The REST API, typed from its OpenAPI document, and the verification of what webhooks bring. */

import createFetchClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./schema.js";

export { NotGenuine, verify } from "./webhook.js";
export type { components, paths };

export type Problem = components["schemas"]["Problem"];

/** A client of one member: `api` such as `https://console.example/api/v1`, and a token of `exchange token new`. */
export function createClient(api: string, token: string): Client<paths> {
  return createFetchClient<paths>({ baseUrl: api.replace(/\/+$/, ""), headers: { Authorization: `Bearer ${token}` } });
}

/** What an operation has answered; throws its problem, with what to do about it, where it was refused. */
export async function good<T>(answer: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok) {
    const problem = error as Partial<Problem> | undefined;
    throw new Refused(response.status, problem?.code ?? "", `${problem?.detail ?? response.statusText} → ${problem?.remedy ?? ""}`);
  }
  return data as T;
}

/** An operation was refused; programs go by `code`. */
export class Refused extends Error {
  constructor(readonly status: number, readonly code: string, message: string) {
    super(message);
  }
}
