/** The version that X-Api-Version tells. */
export const apiVersion = '1.0.0'
