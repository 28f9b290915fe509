// SPDX-License-Identifier: Apache-2.0
// What an XARF document of type content/csam must be: the rules of the
// public schemas, version 4, for the fields that docs/referral.md names, and
// no field besides. Written anew for ajv, so that the program's own check
// does not judge itself.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const text = (more) => ({ type: 'string', minLength: 1, ...more });
const one = (...words) => ({ enum: words });
const list = (items, maxItems) => ({ type: 'array', minItems: 1, maxItems,
  uniqueItems: true, items });
const object = (required, optional = {}) => ({ type: 'object',
  required: Object.keys(required), additionalProperties: false,
  properties: { ...required, ...optional } });
const time = text({ format: 'date-time', pattern: 'Z$' });
const party = object({ org: text({ maxLength: 200 }),
  contact: text({ format: 'email' }), domain: text({ format: 'hostname' }) });

const schema = object({
  xarf_version: text({ pattern: '^4\\.[0-9]+\\.[0-9]+$' }),
  // RFC 9562: random, so version 4
  report_id: text({ format: 'uuid',
    pattern: '^.{8}-.{4}-4.{3}-[89ab].{3}-.{12}$' }),
  timestamp: time, reporter: party, sender: party,
  source_identifier: text(), category: one('content'), type: one('csam'),
  url: text({ format: 'uri', pattern: '^(https?|ftp)://' }),
  classification: one('baseline', 'A1', 'A2', 'B1', 'B2'),
  detection_method: one('hash_match', 'ai_detection', 'manual_review',
    'user_report', 'automated_scan'),
}, {
  evidence_source: text(), description: text({ maxLength: 1000 }),
  tags: list(text({ pattern:
    '^[a-z0-9][a-z0-9_+-]*:[a-z0-9][a-z0-9_+-]*$' }), 20),
  domain: text({ pattern: '^([a-z0-9]+(-[a-z0-9]+)*\\.)+[a-z]{2,}$' }),
  verified_at: time,
  verification_method: one('manual', 'automated_crawler', 'user_report',
    'honeypot', 'threat_intelligence'),
  hosting_provider: text(),
  asn: { type: 'integer', minimum: 1, maximum: 4294967295 },
  country_code: text({ pattern: '^[A-Z]{2}$' }),
  dns_records: object({}, { a: list(text({ format: 'ipv4' }), 64),
    aaaa: list(text({ format: 'ipv6' }), 64) }),
  media_type: one('image', 'video', 'audio', 'text', 'mixed'),
});

let validate = null;

// What is wrong with it, a line each; empty when nothing is.
export function xarfFaults(document) {
  if (!validate) {
    const Ajv = require('ajv/dist/2020'), formats = require('ajv-formats');
    const ajv = new Ajv({ allErrors: true, strictTypes: false });
    formats(ajv);
    validate = ajv.compile(schema);
  }
  validate(document);
  return (validate.errors ?? []).map((e) =>
    `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
}

export const XARF_REQUIRED = schema.required;
