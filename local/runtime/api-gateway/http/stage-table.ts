import type { ApiStage } from '../../api-stage.ts';
import type { StageThrottle } from '../throttle.ts';

export interface StageMatch {
  readonly stage: ApiStage;
  readonly throttle: StageThrottle;
  /** The path below the stage, as routes know it. */
  readonly path: string;
}

/** A named stage answers below its name, `$default` everywhere else. */
export interface StageTable {
  /** Throws when the name is taken. */
  add(stage: ApiStage, throttle: StageThrottle): void;
  match(path: string): StageMatch | undefined;
}

export function createStageTable(): StageTable {
  const stages = new Map<string, { stage: ApiStage; throttle: StageThrottle }>();
  return {
    add(stage, throttle) {
      if (stages.has(stage.name)) throw new Error(`The stage ${stage.name} already exists.`);
      stages.set(stage.name, { stage, throttle });
    },
    match(path) {
      const [, first = '', rest = ''] = /^\/([^/]*)(.*)$/s.exec(path) ?? [];
      const named = first === '$default' ? undefined : stages.get(first);
      if (named) return { ...named, path: rest || '/' };
      const fallback = stages.get('$default');
      return fallback && { ...fallback, path };
    },
  };
}
