import { describe, expect, it } from '@jest/globals';
import { packagedConfig } from '../../../shared/config/packaged.ts';
import { InvalidInputError } from '../../../shared/core/errors.ts';
import { production } from '../../support/builders.ts';

describe('the configuration in the bundle', () => {
  it('is what was packaged, and cannot be changed', () => {
    const config = packagedConfig(JSON.stringify(production));

    expect(config).toEqual(production);
    expect(Object.isFrozen(config.services['buywhere-api']?.capacity.emergency)).toBe(true);
  });

  it('says how it is made where there is none', () => {
    expect(() => packagedConfig(undefined)).toThrow(InvalidInputError);
    expect(() => packagedConfig(undefined)).toThrow(/npm run package/);
  });
});
