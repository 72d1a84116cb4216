"""What officers and jobs do in the cleanup: one module for each noun, one function for each verb."""
