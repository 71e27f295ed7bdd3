/** A document of the Rollout family. */
export interface CrmPaths {
  "/people": {
    get: {
      parameters: { query?: { next?: string } };
      responses: { 200: { content: { "application/json": PeoplePage } } };
    };
  };
  "/people/{id}": {
    get: {
      parameters: { path: { id: string } };
      responses: { 200: { content: { "application/json": Person } } };
    };
  };
}

export interface PeoplePage {
  people: Person[];
  _metadata: { next: string | null };
}

export interface Person {
  id: string;
  name: string | null;
}
