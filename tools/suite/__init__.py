"""Runs the whole suite on one machine: for developers (`tools/portal`) and for tests that need real processes.

    with Suite.start() as suite:
        patient = suite.client.sign_in("lea@example.com", "a long enough secret")
        patient.call("access_code.GrantService/ListMyPatients")
        suite.kill("records")

Reading order: services (what there is) → suite (how it starts) → client (how it is called) → main_job (what it is for).
"""
