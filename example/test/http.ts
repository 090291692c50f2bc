/** What the tests ask, and where: the addresses come from the environment. */

export interface Sock {
  id: string;
  name: string;
  price: number;
}

export interface Deal {
  id: number;
  discount: number;
  price: number;
  sock: Sock;
}

export interface Health {
  health: { service: string; status: string; time: string }[];
}

export interface Answer<Body> {
  status: number;
  body: Body;
}

export function deals<Body>(path: string, method = "GET"): Promise<Answer<Body>> {
  return request<Body>("DEALS_ADDRESS", path, method);
}

export async function catalogue<Body>(path: string): Promise<Body> {
  return (await request<Body>("CATALOGUE_ADDRESS", path, "GET")).body;
}

async function request<Body>(variable: string, path: string, method: string): Promise<Answer<Body>> {
  const address = process.env[variable];
  if (!address) throw new Error(`${variable} must be host:port, for example deals:80, but is not set.`);
  const response = await fetch(`http://${address}${path}`, { method, signal: AbortSignal.timeout(5000) });
  return { status: response.status, body: (await response.json()) as Body };
}
