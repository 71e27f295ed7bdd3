/**
 * A made-up document of about the wanted size: the vendored one, and beside it as many resources as it takes, written out in full at every place as
 * Rollout's documents are.
 *
 * @param {{ paths: Record<string, unknown> }} vendored
 * @param {number} bytes of its JSON, indented
 */
export function makeLargeDocument(vendored, bytes) {
  const paths = { ...vendored.paths };
  const sizeOfOne = indentedSize({ paths: makeResource(0) });
  const count = Math.ceil((bytes - indentedSize(vendored)) / sizeOfOne);
  for (let index = 0; index < count; index += 1) Object.assign(paths, makeResource(index));
  return { ...vendored, paths };
}

/** @param {unknown} value */
function indentedSize(value) {
  return JSON.stringify(value, null, 2).length;
}

/** @param {number} index */
function makeResource(index) {
  const name = `resource${index}`;
  const id = { name: "id", in: "path", required: true, schema: { type: "string" } };
  const query = [
    { name: "limit", in: "query", schema: { type: "integer" } },
    { name: "next", in: "query", schema: { type: "string" } },
  ];
  const page = object({
    records: { type: "array", items: makeRecord() },
    _metadata: object({ next: { type: "string", nullable: true } }),
  });
  return {
    [`/${name}`]: {
      get: operation(`get_${name}_list`, { parameters: query, answer: page }),
      post: operation(`post_${name}`, { body: makeRecord(), answer: makeRecord() }),
    },
    [`/${name}/{id}`]: {
      get: operation(`get_${name}`, { parameters: [id], answer: makeRecord() }),
      patch: operation(`patch_${name}`, { parameters: [id], body: makeRecord(), answer: makeRecord() }),
      delete: operation(`delete_${name}`, { parameters: [id] }),
    },
  };
}

/**
 * @param {string} operationId
 * @param {{ parameters?: object[], body?: object, answer?: object }} shape
 */
function operation(operationId, { parameters = [], body, answer }) {
  const failure = json(object({ errorMessage: { type: "string" } }));
  return {
    operationId,
    parameters,
    ...(body && { requestBody: { required: true, ...json(body) } }),
    responses: {
      ...(answer ? { 200: { description: "OK", ...json(answer) } } : { 204: { description: "No Content" } }),
      ...Object.fromEntries([400, 404, 500].map((status) => [status, { description: "Failure", ...failure }])),
    },
  };
}

function makeRecord() {
  const person = object({ id: { type: "string" }, name: { type: "string", nullable: true } });
  return object({
    id: { type: "string" },
    createdAt: { type: "string", format: "date-time" },
    name: { type: "string", nullable: true },
    stage: { type: "string", enum: ["new", "open", "won", "lost"] },
    price: { type: "number" },
    archived: { type: "boolean" },
    tags: { type: "array", items: { type: "string" } },
    owner: person,
    people: { type: "array", items: person },
    source: { anyOf: [{ type: "string" }, object({ campaign: { type: "string" } })] },
    custom: { type: "object", additionalProperties: { type: "string" } },
  });
}

/** @param {Record<string, object>} properties */
function object(properties) {
  return { type: "object", properties, required: Object.keys(properties).slice(0, 3) };
}

/** @param {object} schema */
function json(schema) {
  return { content: { "application/json": { schema } } };
}
