"""One app on the shipped models for all tests of the API."""

from tests.integration.api.test_v2 import app, applicant, task

__all__ = ["app", "applicant", "task"]
