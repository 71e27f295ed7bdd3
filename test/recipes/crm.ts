// Stands for what openapi-typescript generates from the document of another Rollout API.
export type { paths } from "../documentation/crm.ts";
