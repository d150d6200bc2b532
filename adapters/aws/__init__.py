"""The world on AWS: DynamoDB, S3 and SNS."""
