/** Programs that come with the system, or by apt where they are missing. */
import { mustRun, ProgramError, run } from "../processes.ts";

interface SystemProgram {
  readonly name: string;
  /** Succeeds where the program is there and complete. */
  readonly probe: readonly string[];
  /** Debian's packages that bring it. */
  readonly packages: readonly string[];
  /** Finds the version in what the probe writes. */
  readonly version: RegExp;
  /** The lowest major version that will do. */
  readonly majorMin: number;
}

const PROGRAMS: readonly SystemProgram[] = [
  {
    name: "Java compiler",
    probe: ["javac", "-version"],
    packages: ["default-jdk-headless"],
    version: /javac (\S+)/,
    majorMin: 17,
  },
  {
    name: "Java",
    probe: ["java", "-version"],
    packages: ["default-jdk-headless"],
    version: /version "([^"]+)"/,
    majorMin: 17,
  },
  {
    name: "Maven",
    probe: ["mvn", "--version"],
    packages: ["maven"],
    version: /Apache Maven ([\d.]+)/,
    majorMin: 3,
  },
  {
    name: "Python with venv",
    probe: ["python3", "-c", "import ensurepip, platform, venv; print(platform.python_version())"],
    packages: ["python3", "python3-venv"],
    version: /(\S+)/,
    majorMin: 3,
  },
  {
    name: "kcat",
    probe: ["kcat", "-V"],
    packages: ["kcat"],
    version: /Version (\S+)/,
    majorMin: 1,
  },
];

/** Makes sure of all system programs. Throws `ProgramError` that names the remedy. */
export async function installSystemPrograms(say: (line: string) => void): Promise<void> {
  const missing: SystemProgram[] = [];
  for (const program of PROGRAMS) {
    if (await versionOf(program) === null) missing.push(program);
  }
  if (missing.length > 0) {
    await aptInstall([...new Set(missing.flatMap(({ packages }) => packages))], say);
  }
  for (const program of PROGRAMS) {
    const { name, majorMin, packages } = program;
    const version = await versionOf(program);
    if (version === null) {
      throw new ProgramError(`${name} does not run, though ${packages.join(" ")} is installed`);
    }
    if (Number.parseInt(version) < majorMin) {
      throw new ProgramError(`${name} is ${version}; version ${majorMin} or later is needed`);
    }
    say(`${name} ${version}`);
  }
}

async function versionOf({ probe, version }: SystemProgram): Promise<string | null> {
  try {
    const { code, stdout, stderr } = await run(probe);
    if (code !== 0) return null;
    return version.exec(new TextDecoder().decode(stdout) + stderr)?.[1] ?? null;
  } catch (error) {
    if (error instanceof ProgramError) return null;
    throw error;
  }
}

const APT_TIMEOUT_MS = 900_000;

async function aptInstall(packages: string[], say: (line: string) => void): Promise<void> {
  const remedy = `install these packages: ${packages.join(" ")}`;
  say(`installing ${packages.join(" ")} by apt`);
  const asRoot = Deno.uid() === 0 ? [] : ["sudo", "-n"];
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const options = { timeoutMs: APT_TIMEOUT_MS, env };
  try {
    await mustRun([...asRoot, "apt-get", "update", "-q"], options);
    await mustRun(
      [...asRoot, "apt-get", "install", "-q", "-y", "--no-install-recommends", ...packages],
      options,
    );
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new ProgramError(`${error.message}\n${remedy}, as root, and run this task again`);
  }
}
