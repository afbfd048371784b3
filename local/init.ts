import { writeFileSync } from 'node:fs';
import { failWith } from '../cli/fail-with.ts';
import { autoscaling, cloudwatch, ecs } from '../shared/aws/clients.ts';
import { InvalidInputError } from '../shared/core/errors.ts';
import { requireCredentials } from './aws-access.ts';
import { type InitArguments, parseInitArguments, shown } from './init/arguments.ts';
import { checkedText } from './init/check.ts';
import { draftOf } from './init/draft.ts';
import { readFound } from './init/read.ts';
import { initScreen } from './init/screen.ts';

const usage = `npm run init -- --cluster CLUSTER --service SERVICE [options]: a new file in config/ from an ECS service.

  --cluster NAME, --service NAME   an ECS service that exists
  --region REGION        default: that of your environment (AWS_REGION, AWS_PROFILE)
  --name NAME            the new stage; default: the service's name
  --environment KIND     production (default) or staging: how many people approve, and whether
  --out FILE             default config/NAME.yml; its name is the stage
  --force                write over a file that exists

It reads AWS with the credentials of your environment (AWS_PROFILE, AWS_ENDPOINT_URL and the like work as in every AWS
tool) and changes nothing there. What AWS does not know stays empty in the file, and npm run package names it.
Exit code 0 when the file is written; 1 without credentials or where AWS refuses; 2 for a wrong option.
`;

/** So many attempts are enough for a person who can call the command again. */
const attempts = 3;

/** Runs the command; resolves to its exit code. */
export async function init(argv: readonly string[]): Promise<number> {
  try {
    const chosen = parseInitArguments(argv);
    if (!chosen) {
      process.stdout.write(usage);
      return 0;
    }
    process.stdout.write(await written(chosen));
    return 0;
  } catch (error) {
    return failWith(error);
  }
}

/** Writes the file; resolves to what the person is told. */
async function written({ region, out, force, ...chosen }: InitArguments): Promise<string> {
  if (region !== undefined) process.env.AWS_REGION = region;
  const clients = {
    ecs: ecs(attempts),
    autoscaling: autoscaling(attempts),
    cloudwatch: cloudwatch(attempts),
  };
  const wanted = { ...chosen, region: await regionOf(clients.ecs) };
  await requireCredentials(clients.ecs);
  const found = await readFound(clients, chosen, new Date());
  const { draft, told } = draftOf(wanted, found);
  const file = shown(out);
  const { text, open } = checkedText(draft, file);
  write(out, text, force);
  const { columns } = process.stdout;
  return initScreen({ file, name: chosen.name, service: chosen.service, told, open, columns });
}

async function regionOf({ config }: ReturnType<typeof ecs>): Promise<string> {
  try {
    return await config.region();
  } catch {
    throw new InvalidInputError('--region: must be given, such as eu-west-1; your environment names none');
  }
}

/** Without `force` only a new file: one that came since the options were read stays as well. */
function write(out: string, text: string, force: boolean): void {
  try {
    writeFileSync(out, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no reason given';
    throw new InvalidInputError(`--out: ${shown(out)} cannot be written (${code})`);
  }
}

if (import.meta.main) process.exitCode = await init(process.argv.slice(2));
