"""What officers do about decoupling: one module for each noun, one function for each verb."""
