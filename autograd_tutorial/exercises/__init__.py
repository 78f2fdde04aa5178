"The exercises: one module a lesson, and the checker that judges every answer."
