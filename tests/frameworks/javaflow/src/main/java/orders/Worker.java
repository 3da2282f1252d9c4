package orders;

import com.amazonaws.services.simpleworkflow.flow.ActivityWorker;
import com.amazonaws.services.simpleworkflow.flow.WorkflowWorker;
import java.io.OutputStream;
import java.util.List;
import software.amazon.awssdk.services.swf.SwfClient;

/**
 * A process that decides or works: `Worker decider DOMAIN` or `Worker activities DOMAIN`. It registers its types,
 * prints `ready` and polls until it is killed or its standard input ends, so that it never outlives who started it.
 * Region, credentials and endpoint come from the environment.
 */
public class Worker {
    private static final String DECISIONS = "decisions";
    private static final String ACTIVITIES = "activities";

    public static void main(String[] arguments) throws Exception {
        SwfClient swf = SwfClient.create();
        String domain = arguments[1];
        switch (arguments[0]) {
            case "decider" -> decide(swf, domain);
            case "activities" -> work(swf, domain);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        System.out.println("ready");
        System.in.transferTo(OutputStream.nullOutputStream());
        System.exit(0);
    }

    private static void decide(SwfClient swf, String domain) throws Exception {
        WorkflowWorker worker = new WorkflowWorker(swf, domain, DECISIONS);
        worker.setWorkflowImplementationTypes(List.of(
                OrderWorkflowImpl.class,
                PackingWorkflowImpl.class,
                ParcelWorkflowImpl.class,
                ShipmentWorkflowImpl.class,
                TallyWorkflowImpl.class));
        worker.start();
    }

    private static void work(SwfClient swf, String domain) throws Exception {
        ActivityWorker worker = new ActivityWorker(swf, domain, ACTIVITIES);
        worker.addActivitiesImplementation(new OrderActivitiesImpl());
        worker.start();
    }
}
