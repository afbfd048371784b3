export const NAMESPACE = 'ecs';

export const DIMENSION = 'ecs:service:DesiredCount';
