import org.apache.kafka.connect.cli.ConnectDistributed;
import org.apache.kafka.connect.runtime.Connect;
import org.apache.kafka.connect.runtime.distributed.DistributedHerder;
import org.eclipse.jetty.util.thread.ShutdownThread;

/**
 * A distributed worker of Kafka Connect, as <code>connect-distributed.sh</code> starts it, but that its
 * web server is stopped by Connect alone. Otherwise the server stops itself at the same time, and now
 * and then Connect waits a minute for it.
 *
 * <pre>
 * ConnectWorker PROPERTIES_FILE
 * </pre>
 */
public final class ConnectWorker extends ConnectDistributed {
    private ConnectWorker(String[] args) {
        super(args);
    }

    public static void main(String[] args) {
        new ConnectWorker(args).run();
    }

    @Override
    public void processExtraArgs(Connect<DistributedHerder> connect, String[] extraArgs) {
        Runtime.getRuntime().removeShutdownHook(ShutdownThread.getInstance());
        System.out.println("the worker has started");
    }
}
