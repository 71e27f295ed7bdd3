import { html } from "hono/html";
import type { Connector, ConnectorInput, EntityToSync } from "rollout-client";
import { fieldName } from "../form.ts";
import { choicesOf, planOf, usesOAuth } from "../rollout/connectors.ts";
import { ENTITY_NAMES, entitiesOf } from "../rollout/entities.ts";
import { infoHtml } from "./info-html.ts";
import { type Html, layout } from "./layout.ts";

/** The form that connects an account of an app, drawn from what its connector asks for. */
export function appPage(connector: Connector, wantedPlan: string | undefined, connectionId: string): Html {
  const { name, appKey } = connector;
  const { plan, auth } = planOf(connector, wantedPlan);
  const plans = Object.keys(connector.authByPlan);
  const offered = entitiesOf(connector);
  return layout(
    `Connect ${name}`,
    html`
    ${plans.length > 1 && plan !== undefined ? planLinks(plans, plan) : ""}
    <form method="post" action="/connections/${connectionId}" data-busy="Connecting …">
      <input type="hidden" name="appKey" value="${appKey}">
      ${plan === undefined ? "" : html`<input type="hidden" name="plan" value="${plan}">`}
      ${usesOAuth(auth) ? html`<p>You sign in to ${name} in the next step.</p>` : ""}
      ${auth.userInputsSchema.map(inputField)}
      ${entityBoxes(offered, offered)}
      <button class="primary">${usesOAuth(auth) ? "Continue" : "Connect"}</button>
    </form>`,
  );
}

/** Checkboxes for the entities of an app. */
export function entityBoxes(offered: readonly EntityToSync[], chosen: readonly EntityToSync[]): Html | string {
  if (offered.length === 0) return "";
  return html`
    <fieldset>
      <legend>What to sync</legend>
      ${offered.map(
        (entity) => html`
      <label class="tick"><input type="checkbox" name="entity" value="${entity}"${
        chosen.includes(entity) ? html` checked` : ""
      }> ${ENTITY_NAMES[entity]}</label>`,
      )}
    </fieldset>`;
}

function planLinks(plans: readonly string[], current: string): Html {
  return html`
    <nav aria-label="Plan" class="plans">
      ${plans.map(
        (plan) => html`
      <a href="?plan=${encodeURIComponent(plan)}"${plan === current ? html` aria-current="page"` : ""}>${plan}</a>`,
      )}
    </nav>`;
}

function inputField(input: ConnectorInput, index: number): Html {
  const id = `input-${index}`;
  const described = input.infoHTML === undefined ? "" : html` aria-describedby="${id}-info"`;
  return html`
    <div class="field">
      <label for="${id}">${input.label}</label>
      ${control(input, id, described)}
      ${input.infoHTML === undefined ? "" : html`<div class="info" id="${id}-info">${infoHtml(input.infoHTML)}</div>`}
    </div>`;
}

function control(input: ConnectorInput, id: string, described: Html | string): Html {
  const choices = choicesOf(input);
  if (choices.length > 0) {
    return html`<select id="${id}" name="${fieldName(input)}"${described}>
        <option value="">${input.placeholder ?? "Choose one"}</option>
        ${choices.map(({ value, label }) => html`<option value="${value}">${label}</option>`)}
      </select>`;
  }
  const type = input.type === "secret" ? "password" : "text";
  return html`<input id="${id}" name="${fieldName(input)}" type="${type}" placeholder="${input.placeholder ?? ""}"${described}
        autocomplete="off" autocapitalize="none" spellcheck="false">`;
}
