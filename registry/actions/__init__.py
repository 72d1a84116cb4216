"""What officers and jobs do to the register: one module for each noun, one function for each verb."""
