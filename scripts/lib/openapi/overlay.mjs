import { openapiOverlay, resolveJsonPath } from "openapi-format";
import { parse } from "yaml";
import { captureConsoleErrors } from "./capture-console-errors.mjs";
import { InputError, reasonOf } from "./input-error.mjs";
import { contains, isObject, propertyOf, wouldOverride } from "./json-value.mjs";
import { sharesOperation } from "./shares-operation.mjs";

/**
 * @typedef {{ description: string, target: string, update?: Record<string, unknown>, remove?: true }} OverlayAction
 * @typedef {{ overlay: string, actions: OverlayAction[] }} Overlay
 * @typedef {import("./document.mjs").OpenApiDocument} OpenApiDocument
 *
 * @typedef {object} Patched
 * @property {OpenApiDocument} document
 * @property {OverlayAction[]} superfluous the document already says what they add, or has the operation that they add: not applied
 * @property {OverlayAction[]} overriding they replace a value of the document, or add to a list that has items
 * @property {OverlayAction[]} impossible their target is not in the document
 */

/**
 * @param {string} text
 * @param {string} name
 * @returns {Overlay}
 */
export function parseOverlay(text, name) {
  let value;
  try {
    value = parse(text);
  } catch (cause) {
    throw new InputError(name, `is not YAML: ${reasonOf(cause)}`, { cause });
  }
  assertOverlay(value, name);
  return value;
}

/** @param {OverlayAction} action */
export function actionName(action) {
  return action.description.trim().split("\n", 1)[0] ?? action.target;
}

/**
 * Applies the actions one by one to a copy of the document. An update that the tool drops still counts as used, and of several removed items of one
 * array it takes out the wrong ones: so each action is checked against its result.
 *
 * @param {OpenApiDocument} original
 * @param {Overlay} overlay
 * @param {string} name how messages call the overlay
 * @returns {Promise<Patched>}
 */
export async function applyOverlay(original, overlay, name) {
  const document = structuredClone(original);
  /** @type {OverlayAction[]} */
  const superfluous = [];
  /** @type {OverlayAction[]} */
  const overriding = [];
  /** @type {OverlayAction[]} */
  const impossible = [];
  for (const action of overlay.actions) {
    const places = await findPlaces(document, action, name);
    if (places.length === 0) impossible.push(action);
    else if (saysAlready(places, action) || bringsOperation(await findPlaces(original, action, name), action)) {
      superfluous.push(action);
    } else {
      if (places.some((place) => wouldOverride(place.read(), action.update))) overriding.push(action);
      await openapiOverlay(document, { overlaySet: { overlay: overlay.overlay, actions: [action] } });
      const done = action.remove
        ? (await findPlaces(document, action, name)).length === 0
        : saysAlready(places, action);
      if (!done)
        throw new InputError(name, `the action "${actionName(action)}" had no effect: does its update fit its target?`);
    }
  }
  return { document, superfluous, overriding, impossible };
}

/**
 * @param {Place[]} places
 * @param {OverlayAction} action
 */
function saysAlready(places, action) {
  return !action.remove && places.every((place) => contains(place.read(), action.update));
}

/**
 * Whether the document has an operation of its own where the action would add one: two descriptions of an operation are not mixed.
 *
 * @param {Place[]} places
 * @param {OverlayAction} action
 */
function bringsOperation(places, { update }) {
  return places.some((place) => sharesOperation(place.read(), update));
}

/**
 * Where an action's target is in the document.
 *
 * @typedef {{ read(): unknown }} Place
 *
 * @param {OpenApiDocument} document
 * @param {OverlayAction} action
 * @param {string} name
 * @returns {Promise<Place[]>}
 */
async function findPlaces(document, action, name) {
  const { value: nodes, lines } = await captureConsoleErrors(() => resolveJsonPath(document, action.target));
  const [problem] = lines;
  if (problem !== undefined) throw new InputError(name, `the action "${actionName(action)}": ${problem}`);
  return nodes.map(({ parent, key }) => ({
    read: () => (key === undefined ? document : propertyOf(parent, key)),
  }));
}

/**
 * @param {unknown} value
 * @param {string} name
 * @returns {asserts value is Overlay}
 */
function assertOverlay(value, name) {
  const version = propertyOf(value, "overlay");
  if (typeof version !== "string" || !/^1\.0\.\d+$/.test(version))
    throw new InputError(name, "is not an OpenAPI Overlay 1.0");
  const actions = propertyOf(value, "actions");
  if (!Array.isArray(actions)) throw new InputError(name, "has no list of actions");
  for (const [index, action] of actions.entries()) {
    if (!isAction(action)) {
      throw new InputError(
        name,
        `action ${index + 1} needs a description, a target, and either an object to update with or "remove: true"`,
      );
    }
  }
}

/** @param {unknown} action */
function isAction(action) {
  if (!isObject(action)) return false;
  const { description, target, update, remove } = action;
  const changes = isObject(update) ? remove === undefined : update === undefined && remove === true;
  return typeof description === "string" && description.trim() !== "" && typeof target === "string" && changes;
}
