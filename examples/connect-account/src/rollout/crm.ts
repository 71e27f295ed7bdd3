/** A person as this application needs them. */
export interface Person {
  id: string;
  name?: string | null;
}

interface Page {
  _metadata: { next: string | null };
}
interface Json<Body> {
  content: { "application/json": Body };
}

/** Stands for what openapi-typescript generates from the document of the CRM API, cut to what is used here. */
export interface paths {
  "/people": {
    get: {
      parameters: { query?: { limit?: number; next?: string; ids?: string } };
      responses: { 200: Json<Page & { people: Person[] }> };
    };
  };
  "/webhooks": {
    get: {
      parameters: { query?: { limit?: number; next?: string } };
      responses: { 200: Json<Page & { webhooks: { id: string; event: string; url: string }[] }> };
    };
    post: {
      requestBody: Json<{ event: string; url: string }>;
      responses: { 201: Json<{ id: string }> };
    };
  };
  "/webhooks/{id}": {
    delete: {
      parameters: { path: { id: string } };
      responses: { 200: Json<unknown> };
    };
  };
}
