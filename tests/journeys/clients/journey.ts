/** As journey.py, by the generated TypeScript client alone. Arguments: one JSON object. */

import { NotGenuine, Refused, createClient, good, verify, type components } from "yizhan-client";

declare const process: { argv: string[] };

interface Asked {
  api: string;
  window: string;
  planning: string;
  receiver: string;
  matter: string;
  application: components["schemas"]["CaseIn"];
}

const asked = JSON.parse(process.argv[2] ?? "") as Asked;
const [window, planning] = [createClient(asked.api, asked.window), createClient(asked.api, asked.planning)];

function expect(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  const over = Date.now() + 60_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    expect(Date.now() < over, "waited for a minute");
    await new Promise((done) => setTimeout(done, 200));
  }
}

const hook = await good(planning.POST("/webhooks", { body: { url: asked.receiver, events: ["message.arrived"] } }));
const catalogue = await good(window.GET("/matters", { params: { query: { limit: 100 } } }));
expect(catalogue.items.some((one) => one.code === asked.matter), "the matter is in the catalogue");
const lacking = await window.POST("/cases", { body: { ...asked.application, materials: [] } });
expect(lacking.response.status === 422 && (lacking.error?.detail.includes("missing") ?? false), "what is missing is told");
const header = { "Idempotency-Key": "typescript-1" };
const made = await good(window.POST("/cases", { body: asked.application, params: { header } }));
const again = await good(window.POST("/cases", { body: asked.application, params: { header } }));
expect(made.number === again.number, "handed in once");

const message = await until(async () => {
  const held = await good(planning.POST("/inbox/leases", { body: { limit: 50, seconds: 60 } }));
  if (held.messages.length > 0) {
    const path = { lease_id: held.lease };
    await good(planning.POST("/inbox/leases/{lease_id}/acknowledgement", { params: { path }, body: {} }));
  }
  return held.messages.find((one) => one.kind === "consultation" && one.body?.["case_number"] === made.number);
});
await good(
  planning.POST("/opinions", {
    body: {
      case_number: made.number,
      consultation_id: message.message_id,
      verdict: "agree",
      officer: "张三",
      decided_on: new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10), // the day in China
    },
  }),
);
const path = { number: made.number };
const ready = await until(async () => {
  const found = await good(window.GET("/cases/{number}", { params: { path } }));
  return found.state === "ready" ? found : undefined;
});
const decision = { body: { outcome: "grant" as const, reasons: "各部门均无异议。", officer: "李四" } };
const stale = await window.POST("/cases/{number}/decision", { ...decision, params: { path, header: { "If-Match": '"0"' } } });
expect(stale.response.status === 412, "what rests on an older reading is refused");
const current = { "If-Match": `"${ready.revision}"` };
await good(window.POST("/cases/{number}/decision", { ...decision, params: { path, header: current } }));
try {
  await good(window.POST("/cases/{number}/withdrawal", { params: { path }, body: { reason: "r" } }));
  throw new Error("what is decided was withdrawn");
} catch (refused) {
  expect(refused instanceof Refused && refused.code === "conflict", String(refused));
}

interface Delivery {
  headers: Record<string, string>;
  body: string;
}
const deliveries = await until(async () => {
  const found = (await (await fetch(asked.receiver)).json()) as Delivery[];
  return found.length > 0 ? found : undefined;
});
for (const one of deliveries) {
  const octets = new TextEncoder().encode(one.body);
  expect((await verify([hook.secret], one.headers, octets)) === one.headers["webhook-id"], "the id of the delivery");
  const changed = new TextEncoder().encode(one.body + " ");
  const refused = await verify([hook.secret], one.headers, changed).catch((error: unknown) => error);
  expect(refused instanceof NotGenuine, "a body that was changed was taken");
}
console.log("decided", made.number, "verified", deliveries.length);
