import { defaultPlace } from '../../sandbox/place.ts';

/**
 * Asks an API of the emulator by the query protocol, as its root: the project has no client of CloudFormation and of IAM.
 * @throws Error with the answer when it is refused
 */
export async function query(url: string, service: string, fields: Record<string, string>): Promise<string> {
  const credential = `Credential=test/20261002/${defaultPlace.region}/${service}/aws4_request`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=none`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(fields).toString(),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${service} ${fields.Action}: ${answer.status} ${text}`);
  return text;
}

/** The text of an XML element, with its entities. */
export const textIn = (xml: string, element: string): string | undefined =>
  new RegExp(`<${element}>([\\s\\S]*?)</${element}>`)
    .exec(xml)?.[1]
    ?.replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
