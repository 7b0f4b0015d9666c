/** The file assets of the cloud assembly: what `cdk deploy` would have uploaded to the bootstrap bucket. */
export interface Assets {
  /**
   * The directory or file behind an object key (`{hash}.zip`, as a Lambda function's `Code.S3Key` says).
   * Throws, naming the key, when the assembly holds no such asset.
   */
  pathOf(objectKey: string): string;
}
